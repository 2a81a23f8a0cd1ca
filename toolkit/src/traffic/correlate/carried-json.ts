import { nounOf } from './id-like.ts'

const lexeme = /"[^"\\]*(?:\\[\s\S][^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/g

/**
 * JSON text in which each scalar was looked at: what `change` makes of its value takes its place, all else keeps its
 * bytes. It is scanned, not parsed, so that numbers keep their digits; keys are not looked at.
 */
export function carriedInJson(
  text: string,
  around: string,
  change: (value: string, noun: string, name: string) => string,
): string {
  const nouns: string[] = []
  let key = ''
  return text.replace(lexeme, (found, offset: number) => {
    const noun = () => nounOf(key, nouns.at(-1) ?? around)
    switch (found) {
      case '{':
      case '[':
        nouns.push(key === '' ? (nouns.at(-1) ?? around) : noun())
        return found
      case '}':
      case ']':
        nouns.pop()
        return found
      case ',':
      case ':':
        return found
      default: {
        if (isKey(text, offset + found.length)) {
          key = plainOf(found)
          return found
        }
        const value = plainOf(found)
        const changed = change(value, noun(), key)
        return changed === value ? found : literalOf(changed, found)
      }
    }
  })
}

function isKey(text: string, offset: number): boolean {
  let at = offset
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1
  return text[at] === ':'
}

function plainOf(literal: string): string {
  if (!literal.startsWith('"')) return literal
  if (!literal.includes('\\')) return literal.slice(1, -1)
  try {
    return String(JSON.parse(literal))
  } catch {
    return literal.slice(1, -1)
  }
}

/** A number stays a number where it can. */
function literalOf(value: string, before: string): string {
  return !before.startsWith('"') && /^-?(?:0|[1-9]\d*)$/.test(value) ? value : JSON.stringify(value)
}
