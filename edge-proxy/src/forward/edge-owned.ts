/**
 * Headers that only the edge may set: who the client is, where it came from and what path it asked for. From
 * outside they are dropped whatever their spelling, for some servers read `X_User_Id` as `X-User-Id`.
 */
const exact: ReadonlySet<string> = new Set([
  'forwarded',
  'via',
  'x-real-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'true-client-ip',
  'x-original-url',
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
])
const prefixes: readonly string[] = ['x-forwarded-', 'x-user-', 'x-authenticated-', 'x-auth-request-', 'x-banyan-']

/** Whether a header (lower-case name) is the edge's to set; underscores count as hyphens. */
export function isEdgeOwned(name: string): boolean {
  const spelled = name.includes('_') ? name.replaceAll('_', '-') : name
  if (exact.has(spelled)) return true
  return spelled.startsWith('x-') && prefixes.some((prefix) => spelled.startsWith(prefix))
}

/** Whether a header is a misspelled twin of one that frames or routes a message: `Transfer_Encoding`. */
export function isFramingTwin(name: string): boolean {
  if (!name.includes('_')) return false
  return ['content-length', 'transfer-encoding', 'host', 'connection'].includes(name.replaceAll('_', '-'))
}
