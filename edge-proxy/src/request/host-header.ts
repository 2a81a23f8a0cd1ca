const portPart = '(?::([0-9]{1,5}))?'
const hostName = new RegExp(
  `^([A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*\\.?)${portPart}$`,
)
const ipv6 = new RegExp(`^(\\[[0-9A-Fa-f:.]{2,45}\\])${portPart}$`)

/**
 * Whether a `Host` value is a host name, an IPv4 or a bracketed IPv6 address, with an optional port from 1 to
 * 65535 (RFC 9110, section 7.2). User info, paths, lists and the empty value are refused.
 */
export function isHostHeader(value: string): boolean {
  if (value.length > 261) return false
  const [, host, port] = hostName.exec(value) ?? ipv6.exec(value) ?? []
  return host !== undefined && (port === undefined || (Number(port) > 0 && Number(port) <= 65_535))
}
