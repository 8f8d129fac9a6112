/** What editors put beside a file while it is open, or while they save it. */
const patterns: readonly RegExp[] = [
  // Vim, Neovim, nano, Kate; 4913 is how Vim finds out whether it may write to a folder.
  /^\..*\.sw[a-z]$/,
  /^4913$/,
  /^\..*\.kate-swp$/,
  // Emacs, and the backups of many.
  /~$/,
  /^#.*#$/,
  /^\.#/,
  // JetBrains, GNOME, Sublime Text.
  /___jb_(tmp|old)___$/,
  /^\.goutputstream-/,
  /\.subl.*\.tmp$/,
];

/** Whether a file belongs to an editor, by its name. */
export function isEditorFile(name: string): boolean {
  return patterns.some((pattern) => pattern.test(name));
}
