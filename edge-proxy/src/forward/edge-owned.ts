/**
 * Headers that only the edge may set: who the client is, where it came from and what path it asked for. From
 * outside they are dropped whatever their spelling, for some servers read `X_User_Id` or `X.User.Id` as `X-User-Id`.
 */
const exact: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'client-ip',
  'x-forwarded',
  'x-original-forwarded-for',
  'cf-connecting-ip',
  'fastly-client-ip',
  'x-azure-clientip',
  'x-envoy-external-address',
  'proxy-client-ip',
  'wl-proxy-client-ip',
  // A CGI program would send its own requests by it (CVE-2016-5385).
  'proxy',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
  'x-original-host',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-request-id',
  'traceparent',
  'tracestate',
  'remote-user',
  'x-remote-user',
  'x-user',
  'x-webauth-user',
  'auth-user',
  'sm-user',
  'iv-user',
  'iv-groups',
  'oam-remote-user',
  'x-consumer-username',
  'x-consumer-id',
  'x-consumer-custom-id',
  'x-arr-clientcert',
  'ssl-client-cert',
  'ssl-client-verify',
  'ssl-client-s-dn',
  'cf-access-authenticated-user-email',
  'x-client-cert',
  'x-client-dn',
])
const prefixes: readonly string[] = [
  ...['x-forwarded-', 'x-user-', 'x-remote-user-', 'x-authenticated-', 'x-auth-request-', 'x-banyan-'],
  ...['x-ssl-client-', 'x-goog-authenticated-user-', 'x-ms-client-principal', 'x-amzn-oidc-'],
]

/** Whether a header (lower-case name) is the edge's to set; what is neither letter nor digit counts as a hyphen. */
export function isEdgeOwned(name: string): boolean {
  const spelled = /[^a-z0-9-]/.test(name) ? name.replace(/[^a-z0-9-]/g, '-') : name
  if (exact.has(spelled)) return true
  return spelled.startsWith('x-') && prefixes.some((prefix) => spelled.startsWith(prefix))
}

/** Whether a header is a misspelled twin of one that frames or routes a message: `Transfer_Encoding`. */
export function isFramingTwin(name: string): boolean {
  if (!name.includes('_')) return false
  return ['content-length', 'transfer-encoding', 'host', 'connection'].includes(name.replaceAll('_', '-'))
}
