/**
 * Colours and links as escape sequences, or as nothing when the output is no terminal.
 *
 * Service colours are the eight hues of the screen in the nearest of the 256
 * colours that every terminal has. Red is never one of them: it is reserved for errors.
 */

export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly accent: (text: string) => string;
  /** `look` is the colour slot that the server gave the service; slots repeat after eight. */
  readonly service: (look: number, text: string) => string;
  /** An OSC 8 hyperlink; plain text where there is no terminal. */
  readonly link: (url: string, text: string) => string;
}

/** #8597ef #fe9b68 #a7edc4 #e995b6 #248b87 #c4da08 #dac5fd #ad55d6 → the 6×6×6 cube. */
const SERVICE_COLOURS = [105, 209, 158, 175, 30, 184, 183, 134] as const;

export function createStyle(hasColour: boolean, hasLinks: boolean): Style {
  const paint = (open: string, close: string) => (text: string) =>
    hasColour && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  const services = SERVICE_COLOURS.map((colour) => paint(`38;5;${colour}`, '39'));
  return {
    bold: paint('1', '22'),
    dim: paint('2', '22'),
    red: paint('31', '39'),
    green: paint('32', '39'),
    yellow: paint('33', '39'),
    accent: paint('38;5;75', '39'),
    service: (look, text) => (services[look % services.length] as (text: string) => string)(text),
    link: (url, text) => (hasLinks ? `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\` : text),
  };
}
