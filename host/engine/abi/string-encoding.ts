/** How the strings of a component are written in its memory. */
export type StringEncoding = 'utf8' | 'utf16' | 'latin1+utf16';
