import { quotedToken, type Token } from './redact-text.ts'

/** What only one client may answer: the nonces of Digest (RFC 7616, sections 3.3 to 3.5). */
const drawn = /\b((?:next|c)?nonce|opaque|rspauth)(\s{0,5}=\s{0,5})("(?:[^"\\]|\\.)*"?|[^\s,"]+)/gi
/** A scheme with one value that is no parameter, as Negotiate and NTLM have it (RFC 9110, section 11.2). */
const schemeWithToken = /^(\s{0,5}[A-Za-z][\w-]{0,30} {1,5})([\w.~+/-]{16,}=*)\s*$/

/** A challenge, or what is said about an authentication, without what was drawn for it; schemes and realms stay. */
export function redactChallenge(value: string, token: Token): string {
  return value
    .replace(schemeWithToken, (_all, scheme: string, secret: string) => `${scheme}${token(secret)}`)
    .replace(drawn, (_all, name: string, sign: string, secret: string) => `${name}${sign}${quotedToken(secret, token)}`)
}
