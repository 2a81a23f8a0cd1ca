/** Colours and weights, as this command sets them itself; nothing that moves, titles or copies. */
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /\u001b\[\d{1,2}m|\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/**
 * A text as a terminal may show it: controls, which came with an answer or a recording, are written out (`\u009b`), so that
 * they neither steer the terminal nor turn text around. In JSON the text means the same.
 *
 * @example
 * visible('\u009b2J') // '\\u009b2J'
 */
export function visible(text: string): string {
  return text.replace(controls, (found) =>
    found.length > 1 ? found : `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
