import { secretsOf, type Token } from './redact-text.ts'

const namedSegment =
  /\/([\w-]{2,60})\/((?:accept|activate|change|confirm|edit|new|recover|redeem|reset|verify)\/)?([\w~.=%-]{16,400})/g

/** A text with the secrets in its links' paths replaced: `href="/password/reset/5f3c..."`, as they are in a request's own path. */
export function redactLinks(text: string, token: Token): string {
  const { isSecretName } = secretsOf(token)
  return text.replace(namedSegment, (all, name: string, action = '', secret: string) =>
    /\d/.test(secret) && isSecretName(name) ? `/${name}/${action}${token(secret)}` : all,
  )
}
