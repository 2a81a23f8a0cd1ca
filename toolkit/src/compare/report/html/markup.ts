/** HTML that may stand in a page as it is: everything that came from outside was escaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What may be put into a template: nothing for undefined and false, markup as it is, everything else escaped. */
export type Content = Markup | string | number | undefined | false | readonly Content[]

/**
 * A template whose values are escaped unless they are markup themselves; safe between tags and inside quoted attributes.
 *
 * @example
 * html`<td class="${kind}">${value}</td>`
 */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? ''
  for (const [index, value] of values.entries()) text += `${render(value)}${parts[index + 1] ?? ''}`
  return new Markup(text)
}

/** Contents one after the other, with a separator between those that are there. */
export function joined(contents: readonly Content[], separator = ''): Markup {
  const shown = contents.map(render).filter((text) => text !== '')
  return new Markup(shown.join(escaped(separator)))
}

function render(value: Content): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Markup) return value.text
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? escaped(value) : value.map(render).join('')
}

const special = /[&<>"']/g
/** Controls that a page would drop or obey (right-to-left overrides turn text around) are shown instead. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g
const loneSurrogate = /\p{Cs}/gu
const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  return text
    .replace(special, (character) => entities[character] ?? '')
    .replace(invisible, shown)
    .replace(loneSurrogate, shown)
}

function shown(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
