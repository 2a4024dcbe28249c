const YEAR = 31536000;

export function startTheme() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-themes] button");
    if (!button) return;
    event.preventDefault();
    const { value } = button;
    document.cookie = `theme=${value}; path=/; max-age=${YEAR}; samesite=lax`;
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    document.querySelectorAll("[data-themes] button").forEach((one) => {
      one.setAttribute("aria-pressed", one.value === value);
    });
  });
}
