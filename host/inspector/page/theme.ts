const themeKey = 'kvasi-theme';

/** What the system says, unless one of the two was chosen here. */
export function applyTheme(): void {
  const chosen = localStorage.getItem(themeKey);
  if (chosen === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

/** Takes the other one, and remembers it for this browser. */
export function toggleTheme(): void {
  const isDark = getComputedStyle(document.documentElement).getPropertyValue('--is-dark').trim() === '1';
  localStorage.setItem(themeKey, isDark ? 'light' : 'dark');
  applyTheme();
}
