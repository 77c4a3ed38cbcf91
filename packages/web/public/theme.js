// Sets the theme before the first paint, so that a light page never flashes dark. A file and not an inline script,
// because the content security policy forbids inline scripts. src/shell/theme.ts takes over afterwards.
(() => {
  let choice = null;
  try {
    choice = localStorage.getItem('clew.theme');
  } catch {
    // Storage may be blocked; the system's preference then decides.
  }
  const light = matchMedia('(prefers-color-scheme: light)').matches;
  const theme = choice === 'dark' || choice === 'light' ? choice : light ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
})();
