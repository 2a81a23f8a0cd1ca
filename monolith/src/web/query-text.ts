/** A parameter of a query, when it was given once; one that comes twice is passed over. */
export function queryText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
