import { redactCards } from './card-numbers.ts'
import { redactCalls } from './redact-calls.ts'
import { redactLinks } from './redact-links.ts'
import { redactMarkup } from './redact-markup.ts'
import { defaultSecrets, isSecretField, type Secrets } from './rules.ts'

/** Makes a token of a secret; knows what is one, where that differs from the defaults. */
export interface Token {
  (value: string): string
  readonly secrets?: Secrets | undefined
}

/** What is a secret for those who make tokens so. */
export function secretsOf({ secrets = defaultSecrets }: Token): Secrets {
  return secrets
}

/** Also the beginning of one that was cut. */
const webToken = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g
const bearer = /\b([Bb]earer|[Bb]asic)( +|%20|\+)(?=[\w.~+/-]{0,200}[\dA-Z=])([\w.~+/=-]{8,})/g
const userInfo = /(:\/\/[^/\s:@"'<>]{0,200}(?::|%3A))([^/\s@"'<>]{1,400})(@|%40)/gi

/** Keys as their makers mark them, so that they are found: AWS, GitHub, GitLab, Slack, Stripe, Google, npm, SendGrid, and `sk-`. */
const markedKey =
  /\b(?:A(?:KIA|SIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeoprs]-[\w-]{10,}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[\w-]{35}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{16,32}\.[\w-]{16,64}|sk-[A-Za-z0-9_-]{24,})/g
/** Up to its end; of one that was cut, all that is there. */
const privateKey = /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,40}-----|$)/g
/** bcrypt and Argon2, as databases hold them. */
const passwordHash = /\$2[abxy]\$\d\d\$[./A-Za-z0-9]{20,53}|\$argon2(?:id|i|d)\$[\w=,$+/.-]{20,}/g

/** What every pattern needs something of; most short texts have none of it and are done at once. */
const suspicious =
  /eyJ|earer|asic|:\/\/|A[KS]IA|gh[pousr]_|_pat_|glpat-|xox[a-z]-|k_live_|k_test_|AIza|npm_|SG\.|sk-|-----BEGIN|\$2[abxy]\$|\$argon2|(?:[\d\uFF10-\uFF19][ \u00A0\u2009-\u2015\u202F\u2212-]{0,2}){13}|(?:\d{4}\.){3}\d{4}/
const assigning = /[=:<]|["']\s{0,5},\s{0,5}["']/

/** Whether a text may hold a secret that shows by its form: false for most, and cheaply. Escapes and codings hide some. */
export function mayHoldPatterns(text: string): boolean {
  return suspicious.test(text)
}

/** Secrets that show by their form, wherever they stand: card numbers (Luhn), JSON Web Tokens, bearer values, URL passwords, marked and private keys, hashes of passwords. */
export function redactPatterns(text: string, token: Token): string {
  if (!suspicious.test(text)) return text
  const withoutMarked = text
    .replace(privateKey, (found) => token(found))
    .replace(webToken, (found) => token(found))
    .replace(markedKey, (found) => token(found))
    .replace(passwordHash, (found) => token(found))
    .replace(bearer, (_all, scheme: string, gap: string, value: string) => `${scheme}${gap}${token(value)}`)
    .replace(userInfo, (_all, before: string, secret: string, at: string) => `${before}${token(secret)}${at}`)
  return redactCards(withoutMarked, token)
}

/** Quotes stand as they are, escaped in a script's text, or as an entity in an attribute. */
const assigned =
  /([A-Za-z_][\w.-]{0,80})(?:["']|&(?:quot|apos|#0?3[49]|#x2[27]);|\\{1,8}["'])?\s{0,5}(?:=>|=&gt;|[=:])\s{0,5}/g
const assignedValue =
  /(&(?:quot|apos|#0?3[49]|#x2[27]);|\\{1,8}["'])[\s\S]*?(?:\1|$)|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|[^\s&<>"']+/y
const opening = /^(?:["']|&(?:quot|apos|#0?3[49]|#x2[27]);|\\{1,8}["'])/

/** Free text, HTML or XML: patterns, and the values of fields whose name is secret. */
export function redactText(text: string, token: Token): string {
  if (!assigning.test(text)) return redactPatterns(text, token)
  return redactPatterns(redactLinks(redactCalls(redactAssigned(redactMarkup(text, token), token), token), token), token)
}

/** `name=value` and `name: value`; the value of a harmless name is looked into, it may be a URL with names of its own. */
function redactAssigned(text: string, token: Token): string {
  let redacted = ''
  let done = 0
  for (const { 0: sign, 1: name = '', index } of text.matchAll(assigned)) {
    const valueAt = index + sign.length
    if (index < done || !isSecretField(name, secretsOf(token)) || isStyle(text, index, sign)) continue
    assignedValue.lastIndex = valueAt
    const value = assignedValue.exec(text)?.[0] ?? ''
    redacted += `${text.slice(done, valueAt)}${quotedToken(value, token)}`
    done = valueAt + value.length
  }
  return redacted + text.slice(done)
}

/** `.card:hover`: a class with its state, not a card with its number. */
function isStyle(text: string, at: number, sign: string): boolean {
  return sign.endsWith(':') && text[at - 1] === '.' && /(?:^|[\s,>}])\.$/.test(text.slice(Math.max(0, at - 2), at))
}

/** A token in the quotes that its value had. */
export function quotedToken(value: string, token: Token): string {
  const quote = opening.exec(value)?.[0] ?? ''
  const inner = value.slice(
    quote.length,
    quote !== '' && value.length > quote.length && value.endsWith(quote) ? -1 : undefined,
  )
  return `${quote}${token(inner)}${quote}`
}
