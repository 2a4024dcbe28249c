const GAP = 4;
const EDGE = 8;

// Put a popover under its button, or above when there is more room; kept inside the window.
export function placeBy(anchor, panel) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const rtl = getComputedStyle(anchor).direction === "rtl";
  const wanted = rtl ? at.right - width : at.left;
  const x = Math.min(Math.max(EDGE, wanted), innerWidth - width - EDGE);
  const below = at.bottom + GAP;
  const y = below + height > innerHeight - EDGE ? Math.max(EDGE, at.top - GAP - height) : below;
  Object.assign(panel.style, { left: `${x}px`, top: `${y}px`, right: "auto", bottom: "auto" });
}
