import { redactPatterns, redactText, type Token } from './redact-text.ts'
import { isSecretName } from './sensitive.ts'

const maxEmbedded = 3
const lexeme = /"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|\\?$)|-?\d[\d.eE+-]*|[{}[\],:]|[^\s"{}[\],:][^"{}[\],:\n]*/g

/**
 * JSON text with its secrets replaced, byte for byte the same elsewhere: it is scanned, not parsed, so that numbers
 * keep their digits and a body that was cut in the middle is redacted as well as a whole one. Below a secret name,
 * every text and number becomes a token. What is no JSON at all is redacted as free text.
 */
export function redactJson(text: string, token: Token, embedded = 0): string {
  const scan = buildScan(token, embedded)
  return text.replace(lexeme, (found, offset: number) => scan(found, followedByColon(text, offset + found.length)))
}

function buildScan(token: Token, embedded: number): (found: string, isKey: boolean) => string {
  /** For each open object or array: whether it stands below a secret name. */
  const open: boolean[] = []
  let secretKey = false
  return (found, isKey) => {
    const secret = secretKey || open.at(-1) === true
    switch (found) {
      case '{':
      case '[':
        open.push(secret)
        secretKey = false
        return found
      case '}':
      case ']':
        open.pop()
        secretKey = false
        return found
      case ',':
        secretKey = false
        return found
      case ':':
      case 'true':
      case 'false':
      case 'null':
        return found
      default:
        if (!isKey) return secret ? quoted(token(literalValue(found))) : redactScalar(found, token, embedded)
        secretKey = isSecretName(literalValue(found))
        return redactPatterns(found, token)
    }
  }
}

function followedByColon(text: string, offset: number): boolean {
  let at = offset
  while (at < text.length && ' \t\r\n'.includes(text.charAt(at))) at += 1
  return text[at] === ':'
}

/** What is no secret by name may be one by its form, or hold JSON of its own. */
function redactScalar(found: string, token: Token, embedded: number): string {
  if (/^-?\d/.test(found)) {
    const redacted = redactPatterns(found, token)
    return redacted === found ? found : quoted(redacted)
  }
  if (!found.startsWith('"')) return redactText(found, token)
  const value = literalValue(found)
  const redacted =
    /^\s*[[{]/.test(value) && embedded < maxEmbedded ? redactJson(value, token, embedded + 1) : redactText(value, token)
  return redacted === value ? found : quoted(redacted)
}

/** The value of a literal; of one that was cut, what is there. */
function literalValue(literal: string): string {
  if (!literal.startsWith('"')) return literal
  const inner = literal.slice(1, literal.length > 1 && literal.endsWith('"') ? -1 : undefined)
  if (!inner.includes('\\')) return inner
  try {
    return String(JSON.parse(`"${inner}"`))
  } catch {
    return inner
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
