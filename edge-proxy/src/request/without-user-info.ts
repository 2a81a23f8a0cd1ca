/**
 * A request target as it may be shown: an absolute-form or an authority may carry a name and a password (RFC 9110, section 4.2.4), and
 * is refused for it.
 */
export function withoutUserInfo(target: string): string {
  return target.startsWith('/') ? target : target.replace(/^([a-z][a-z\d+.-]*:\/\/)?[^/?#]*@/i, '$1')
}
