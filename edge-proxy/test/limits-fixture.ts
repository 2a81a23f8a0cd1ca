/** A route table with one plain route to everything, and what a test wants to add at the top and to the route. */
export function plainRoutes(upstream: string, wanted: { readonly top?: string; readonly route?: string } = {}): string {
  return `version: 1
${wanted.top ?? ''}
upstreams:
  monolith: { url: ${upstream} }
routes:
  - name: everything
    match: { path: /* }
    upstream: monolith
    ${wanted.route ?? ''}
`
}
