/// <reference lib="dom" />

/** How the page is coloured: as the system says, or as the reader says. */
export type Theme = "auto" | "light" | "dark";

const NAME = "gait-ui-theme";

/** The theme that was chosen here before. */
export function heldTheme(): Theme {
  const held = localStorage.getItem(NAME);
  return held === "light" || held === "dark" ? held : "auto";
}

export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  if (theme === "auto") localStorage.removeItem(NAME);
  else localStorage.setItem(NAME, theme);
}
