import { messageOf, systemCodeOf } from '@banyan/toolkit/base'

const distrusted: ReadonlySet<string> = new Set([
  ...['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
])

/** Why a connection failed, in one line for operators: what went wrong, and which key of the upstream it may be about. */
export function whyUnreachable(error: Error): string {
  const code = systemCodeOf(error) ?? ''
  if (distrusted.has(code)) return `${messageOf(error)}: "ca" names the file of the authority to trust`
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `${messageOf(error)}: its "url" must have a name of the certificate`
  const [, reason] = /error:[0-9A-F]{8}:[^:]*:[^:]*:([^:]*)/.exec(messageOf(error)) ?? []
  if (reason === undefined) return messageOf(error)
  const speaksPlainly = reason === 'wrong version number' || reason === 'packet length too long'
  return `TLS failed: ${reason}${speaksPlainly ? '; does it speak plain HTTP, and is its "url" http://?' : ''}`
}
