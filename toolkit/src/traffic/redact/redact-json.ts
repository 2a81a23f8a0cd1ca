import {
  endOf,
  endOfText,
  followedByColon,
  isBarePart,
  isNumberPart,
  literalValue,
  numberStart,
} from './json-lexemes.ts'
import { mayHoldPatterns, redactPatterns, redactText, secretsOf, type Token } from './redact-text.ts'
import { isSecretField, type PathNode, stepInto } from './rules.ts'

const maxEmbedded = 3

/**
 * JSON text with its secrets replaced, byte for byte the same elsewhere: it is scanned, not parsed, so that numbers
 * keep their digits and a body that was cut in the middle is redacted as well as a whole one. Below a secret name, or a
 * place that a rule names, every text and number becomes a token. What is no JSON at all is redacted as free text.
 */
export function redactJson(text: string, token: Token, embedded = 0): string {
  return new JsonScan(text, token, embedded).redacted()
}

/** An open object or array. */
interface Open {
  /** It stands below a secret name or place. */
  readonly secret: boolean
  /** Rules whose path leads here. */
  readonly nodes: readonly PathNode[]
  readonly isArray: boolean
  index: number
  /** The latest. */
  key?: string
  /** A member says that another one, `value`, is that of a secret: `{"name": "password", "value": ...}`; or the first of a pair does. */
  namesSecret?: boolean
}

const naming: ReadonlySet<string> = new Set(['name', 'key', 'field', 'path', 'id', 'label', 'header', 'property'])
/** What stands beside a name: a list of fields, what a log of changes tells. */
const named: ReadonlySet<string> = new Set(['value', 'val', 'newValue', 'oldValue', 'new', 'old', 'before', 'after'])
/** The name that stands behind a short value. */
const nameBehind =
  /\s*:\s*(?:"(?:[^"\\]|\\.){0,2000}"|[\w.+-]{1,40})\s*,\s*"(?:name|key|field|path|id|label|header|property)"\s*:\s*"([^"\\]{1,200})"/y

const none: readonly PathNode[] = []

/** A class, for the scan stands somewhere in the text: each method reads on from there. */
class JsonScan {
  readonly #text: string
  readonly #token: Token
  readonly #embedded: number
  /** Where the whole text shows no pattern, none of its values is looked through for one. */
  readonly #patterns: boolean
  readonly #open: Open[] = []
  #redacted = ''
  #copied = 0
  #secretKey = false
  #keyNodes: readonly PathNode[] = none

  constructor(text: string, token: Token, embedded: number) {
    this.#text = text
    this.#token = token
    this.#embedded = embedded
    this.#patterns = mayHoldPatterns(text)
    const { paths } = secretsOf(token)
    if (paths !== undefined && embedded === 0) this.#keyNodes = [paths]
    this.#secretKey = this.#keyNodes.some(({ isSecret }) => isSecret)
  }

  redacted(): string {
    for (let at = 0; at < this.#text.length; ) at = this.#read(at)
    return this.#copied === 0 ? this.#text : this.#redacted + this.#text.slice(this.#copied)
  }

  /** Reads one lexeme and gives where the next begins. */
  #read(at: number): number {
    const code = this.#text.charCodeAt(at)
    switch (code) {
      case 0x7b: // {
      case 0x5b: // [
        this.#enter(code === 0x5b)
        return at + 1
      case 0x7d: // }
      case 0x5d: // ]
        this.#open.pop()
        this.#forgetKey()
        return at + 1
      case 0x2c: // ,
        this.#nextItem()
        return at + 1
      case 0x3a: // :
        return at + 1
      case 0x22: // "
        return this.#readText(at, endOfText(this.#text, at))
      default:
        return code <= 0x20 ? at + 1 : this.#readBare(at)
    }
  }

  #enter(isArray: boolean): void {
    this.#open.push({ secret: this.#isSecret(), nodes: this.#keyNodes, isArray, index: 0 })
    this.#forgetKey()
    if (isArray) this.#standAt(0)
  }

  #nextItem(): void {
    this.#forgetKey()
    const open = this.#open.at(-1)
    if (open?.isArray !== true) return
    open.index += 1
    this.#standAt(open.index)
    if (open.namesSecret === true) this.#secretKey = true
  }

  /** From now on a value that comes is that of this key, or at this index. */
  #standAt(step: string | number): void {
    const nodes = this.#open.at(-1)?.nodes ?? none
    if (nodes.length === 0) return
    this.#keyNodes = stepInto(nodes, step)
    if (this.#keyNodes.some(({ isSecret }) => isSecret)) this.#secretKey = true
  }

  #forgetKey(): void {
    this.#secretKey = false
    this.#keyNodes = none
  }

  #isSecret(): boolean {
    return this.#secretKey || this.#open.at(-1)?.secret === true
  }

  #readText(from: number, end: number): number {
    if (followedByColon(this.#text, end)) {
      this.#readKey(from, end)
      return end
    }
    const found = this.#text.slice(from, end)
    const value = literalValue(found)
    const open = this.#open.at(-1)
    if (open !== undefined && this.#isNaming(open)) open.namesSecret = this.#isSecretPath(value)
    if (this.#isSecret()) this.#replace(from, end, quoted(this.#token(value)))
    else {
      const redacted = this.#redactValue(value, found.length !== value.length + 2)
      if (redacted !== value) this.#replace(from, end, quoted(redacted))
    }
    return end
  }

  /** Whether a text that stands here says what stands beside it: `{"name": ...}`, or the first of a pair in a list of pairs. */
  #isNaming({ key, isArray, index }: Open): boolean {
    if (isArray) return index === 0 && this.#open.at(-2)?.isArray === true
    return key !== undefined && naming.has(key)
  }

  #readKey(from: number, end: number): void {
    const found = this.#text.slice(from, end)
    const name = literalValue(found)
    this.#forgetKey()
    const open = this.#open.at(-1)
    this.#secretKey = isSecretField(name, secretsOf(this.#token)) || this.#isNamed(name, end)
    if (open !== undefined) open.key = name
    this.#standAt(name)
    const redacted = this.#patterns ? redactPatterns(found, this.#token) : found
    if (redacted !== found) this.#replace(from, end, redacted)
  }

  /** Whether what stands beside `value` says that it is the value of a secret: a list of fields, a JSON Patch (RFC 6902). */
  #isNamed(key: string, end: number): boolean {
    if (!named.has(key)) return false
    if (this.#open.at(-1)?.namesSecret === true) return true
    nameBehind.lastIndex = end
    return this.#isSecretPath(nameBehind.exec(this.#text)?.[1] ?? '')
  }

  #isSecretPath(text: string): boolean {
    return text.length <= 200 && isSecretField(text.slice(text.lastIndexOf('/') + 1), secretsOf(this.#token))
  }

  /** What is no secret by name may be one by its form, or hold JSON of its own; an escape may hide what it looks like. */
  #redactValue(value: string, wasEscaped: boolean): string {
    const first = value.charCodeAt(0)
    if (this.#embedded < maxEmbedded && (first <= 0x20 || first === 0x7b || first === 0x5b) && /^\s*[[{]/.test(value)) {
      return redactJson(value, this.#token, this.#embedded + 1)
    }
    return this.#patterns || wasEscaped || mayAssign(value) ? redactText(value, this.#token) : value
  }

  /** A number, a word of JSON, or what stands where JSON has nothing to say. */
  #readBare(from: number): number {
    const isNumber = numberStart(this.#text.charCodeAt(from))
    const end = isNumber ? endOf(this.#text, from, isNumberPart) : endOf(this.#text, from, isBarePart)
    const found = this.#text.slice(from, end)
    if (found === 'true' || found === 'false' || found === 'null') return end
    if (followedByColon(this.#text, end)) {
      this.#readKey(from, end)
      return end
    }
    if (this.#isSecret()) this.#replace(from, end, quoted(this.#token(found)))
    else if (isNumber) this.#readNumber(from, found)
    else {
      const redacted = redactText(found, this.#token)
      if (redacted !== found) this.#replace(from, end, redacted)
    }
    return end
  }

  #readNumber(from: number, found: string): void {
    const redacted = this.#patterns && found.length >= 13 ? redactPatterns(found, this.#token) : found
    if (redacted !== found) this.#replace(from, from + found.length, quoted(redacted))
  }

  #replace(from: number, end: number, by: string): void {
    this.#redacted += `${this.#text.slice(this.#copied, from)}${by}`
    this.#copied = end
  }
}

/** Whether a text may hold `name=value`, `name: value` or a tag. */
function mayAssign(value: string): boolean {
  return value.length > 3 && (value.includes(':') || value.includes('=') || value.includes('<'))
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
