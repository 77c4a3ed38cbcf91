/**
 * Every sentence and label that a person reads, in one catalogue (English).
 *
 * Grouped by the screen that shows them; `trace` is the Trace page's own catalogue beside its screen. Texts with facts
 * in them are functions. Never knows: markup.
 */
export const words = {
  app: 'Clew',
  shell: {
    navigation: 'Main',
    explore: 'Explore',
    home: 'Clew, home',
    search: 'Search or jump to…',
    share: 'Share',
    shareSays: 'Copy the link of this page',
    copied: 'Copied',
    copyFailed: 'The browser did not allow copying; the link is in the address bar.',
    help: 'Keys',
    close: 'Close',
    theme: 'Theme',
    themes: { system: 'System', dark: 'Dark', light: 'Light' },
    skip: 'Skip to content',
    unread: (parameters: string) =>
      `The link holds something that cannot be read and was ignored: ${parameters}.`,
    dismiss: 'Dismiss',
  },
  notFound: {
    title: 'Nothing here',
    says: 'No page of Clew has this address.',
    go: 'Open Explore',
  },
  crash: {
    title: 'This page broke',
    says: 'The rest of Clew still works. Reloading usually helps; if it does not, please report the text below.',
    reload: 'Reload',
  },
  keys: {
    title: 'Keys',
    everywhere: 'Everywhere',
    explore: 'Explore',
    single: 'Single-letter keys',
    singleSays: 'Off leaves only keys with Ctrl, Shift or Enter.',
    palette: 'Search, jump, commands',
    slash: 'The same, when nothing is being edited',
    goExplore: 'Go to Explore',
    share: 'Copy the link of this page',
    sheet: 'This list',
    escape: 'Close or clear one level',
  },
} as const;
