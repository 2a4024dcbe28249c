"""Who buys from a demo company, who works there, and who might buy one day: all made up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.demo.draws import draw, spread
from app.demo.history import Purchase
from app.demo.story import City, Story, Word, plain
from app.l10n import parse_phone

MAILS = ("example.com", "example.org", "example.net")
COMPANY_QUANTITY = 8
LEADS = 48
_PERSON_PHONES = {"en": 28, "fa": 85}  # the British range for fiction has a thousand numbers


@dataclass(frozen=True)
class Party:
    """A contact to be; `place` tells it apart for later choices, `domain` is a company's own."""

    place: int
    kind: str
    reference: str | None
    name: str
    email: str | None
    phone: str | None
    city: str
    domain: str = ""
    company: int | None = None


class Crowd:
    """Makes up parties one after the other; no name or email address comes twice.

    Colleagues share their company's number.
    """

    def __init__(self, story: Story) -> None:
        self.story = story
        self.cities = [city for city in story.cities() for _ in range(city.share)]
        self.made: Counter[str] = Counter()

    def customers(self, purchases: Iterable[Purchase]) -> dict[int, Party]:
        """A party for each customer of the history; who buys by the dozen is a company."""
        largest: Counter[int] = Counter()
        for purchase in purchases:
            largest[purchase.customer] = max(largest[purchase.customer], purchase.quantity)
        return {
            place: self.company(place) if largest[place] >= COMPANY_QUANTITY else self.person(place)
            for place in sorted(largest)
        }

    def staff(self, companies: Iterable[Party]) -> list[Party]:
        """One or two people who work at each company."""
        return [
            self.colleague(company, 10_000 + 10 * company.place + seat)
            for company in companies
            for seat in range(1 + draw(2, "staff", company.place))
        ]

    def leads(self) -> list[Party]:
        """People who asked and have not bought yet."""
        return [self.person(50_000 + place, "") for place in range(LEADS)]

    def person(self, place: int, prefix: str = "C-") -> Party:
        name, latin = self._person_name()
        has_mail = draw(100, "mail", place) < 88
        mail = f"{latin}@{MAILS[draw(len(MAILS), 'domain', place)]}" if has_mail else None
        has_phone = draw(100, "phone", place) < _PERSON_PHONES[self.story.language]
        phone = self._mobile() if has_phone else None
        city = self._city(place).name
        return Party(place, "person", _reference(prefix, place), name, mail, phone, city)

    def company(self, place: int) -> Party:
        name, domain = self._company_name()
        city = self._city(place)
        phone = self._landline(city)
        mail = f"hello@{domain}"
        return Party(
            place, "company", _reference("C-", place), name, mail, phone, city.name, domain
        )

    def colleague(self, company: Party, place: int) -> Party:
        name, latin = self._person_name()
        mail = f"{latin.split('.')[0]}@{company.domain}"
        return Party(
            place, "person", None, name, mail, company.phone, company.city, company=company.place
        )

    def _next(self, kind: str) -> int:
        self.made[kind] += 1
        return self.made[kind] - 1

    def _person_name(self) -> tuple[str, str]:
        given = self.story.words("given_names")
        families = len(self.story.words("family_starts")) * len(self.story.words("family_ends"))
        place = spread(self._next("person"), len(given) * families)
        family, first = self._family(place // len(given)), place % len(given)
        pattern: str = self.story.data["person_pattern"]
        name = pattern.format(given=given[first].text, family=family.text)
        return name, f"{given[first].latin}.{family.latin}"

    def _family(self, place: int) -> Word:
        starts, ends = self.story.words("family_starts"), self.story.words("family_ends")
        end, start = divmod(place, len(starts))
        return self.story.joined(starts[start], ends[end % len(ends)])

    def _company_name(self) -> tuple[str, str]:
        starts, kinds = self.story.words("family_starts"), self.story.words("company_kinds")
        place = spread(self._next("company"), len(starts) * len(kinds))
        start, kind = starts[place // len(kinds)], kinds[place % len(kinds)]
        family = self._family(place // len(kinds) + len(starts) * place)
        words = {"start": start.text, "family": family.text, "kind": kind.text}
        name: str = self.story.data["company_pattern"].format(**words)
        latin = plain(name) or f"{kind.latin}-{start.latin}"
        return name, f"{latin}.example"

    def _city(self, place: int) -> City:
        return self.cities[draw(len(self.cities), "city", place)]

    def _mobile(self) -> str:
        digits = int(self.story.data["mobile_digits"])
        number = spread(self._next("mobile"), 10**digits)
        return self._phone(f"{self.story.data['mobile_phones']}{number:0{digits}d}")

    def _landline(self, city: City) -> str:
        if not city.phones:
            return self._mobile()
        number = spread(self._next(city.name), 1000)
        return self._phone(f"{city.phones}{number:03d}")

    def _phone(self, typed: str) -> str:
        return parse_phone(typed, self.story.workspace["region"])


def _reference(prefix: str, place: int) -> str | None:
    return f"{prefix}{place:04d}" if prefix else None
