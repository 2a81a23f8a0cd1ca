/** Text that is HTML already, and is not escaped again. */
export interface Html {
  readonly html: string
}

type Value = Html | string | number | null | undefined | false | readonly Value[]

/**
 * A page or a piece of one; what is put in is escaped, unless it is Html. Lists are joined; null and false are nothing.
 *
 * @example html`<li>${product.title}</li>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) text += textOf(value) + (strings[index + 1] ?? '')
  return { html: text }
}

/** Marks text as HTML; only for text that is written in the code. */
export function trusted(text: string): Html {
  return { html: text }
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return 'html' in value ? value.html : value.map(textOf).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
