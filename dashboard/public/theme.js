// Ahead of the first paint, so that no theme flashes up that was not chosen.
try {
  const chosen = localStorage.getItem('forge.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is switched off: the system's theme stays.
}
