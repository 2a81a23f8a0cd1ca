import { holdsToken } from '../redact/token.ts'

const everyToken = /~tok_[0-9a-f]{12}/g
const onlyToken = /^~tok_[0-9a-f]{12}$/

/** Whether a value is a token and nothing else: a secret that the recording does not hold. */
export function isSecretToken(value: string): boolean {
  return onlyToken.test(value)
}

/** The text with each token replaced for which `replace` gives another. */
export function tokensReplaced(text: string, replace: (token: string) => string | undefined): string {
  if (!holdsToken(text)) return text
  return text.replace(everyToken, (token) => replace(token) ?? token)
}
