import { randomBytes } from 'node:crypto';
import { inspect, styleText } from 'node:util';
import { controls, escapedCharacter } from '../shared/printable.ts';

/** The styles that kvasi prints in. */
type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Stands for the ESC of kvasi's own styles until the text reaches an output; nobody else can know it. */
const mark = `\x1b${randomBytes(6).toString('hex')}`;
const ownStyle = String.raw`${mark}(\[\d+m)`;
const anyStyle = new RegExp(ownStyle, 'g');
const styleOrControl = new RegExp(String.raw`${ownStyle}|(?![\t\n])[${controls}]`, 'gu');
const styleOrControlOrBreak = new RegExp(String.raw`${ownStyle}|(?!\t)[${controls}]`, 'gu');

/**
 * Text in a style of kvasi's own. An output turns the style into what its terminal understands, or drops it, and
 * tells it from escape sequences that the text itself may have.
 */
export function styled(style: Style, text: string): string {
  if (styleText(style, 'x') === 'x') return text;
  const [open, close] = inspect.colors[style] ?? [0, 0];
  return `${mark}[${open}m${text}${mark}[${close}m`;
}

/** Puts escape sequences in the place of styles, or nothing; all else stays as it is. */
export function withStyles(text: string, isColorful: boolean): string {
  if (!text.includes(mark)) return text;
  return text.replace(anyStyle, (_, sequence: string) => (isColorful ? `\x1b${sequence}` : ''));
}

/**
 * The same for a terminal: control characters that are no style of kvasi's own are shown instead of obeyed.
 * @param isLine whether a line break comes from outside, too
 */
export function forTerminal(text: string, isColorful: boolean, isLine: boolean): string {
  return text.replace(isLine ? styleOrControlOrBreak : styleOrControl, (found, sequence?: string) => {
    if (sequence === undefined) return escapedCharacter(found);
    return isColorful ? `\x1b${sequence}` : '';
  });
}
