import { secretsOf, type Token } from './redact-text.ts'
import { isSecretField } from './rules.ts'

/** `setRequestHeader('X-CSRF-Token', '...')`: a name and a value, as a script hands them on. */
const pairOfTexts =
  /([([,]\s{0,5})(["'])([\w.-]{2,80})\2(\s{0,5},\s{0,5})(["'])((?:[A-Za-z][\w-]{0,20} )?)([^\s"'\\<>]{1,4000})\5/g
const isTelling = /\d|^.{16}/

/** A text of a script with the values of such pairs replaced whose name is secret; what is a word alone is a label. */
export function redactCalls(text: string, token: Token): string {
  const secrets = secretsOf(token)
  return text.replace(
    pairOfTexts,
    (all, before: string, quote: string, name: string, comma: string, own: string, scheme: string, value: string) => {
      if (!isTelling.test(value) || !(isSecretField(name, secrets) || secrets.isSecretHeader(name.toLowerCase())))
        return all
      return `${before}${quote}${name}${quote}${comma}${own}${scheme}${token(value)}${own}`
    },
  )
}
