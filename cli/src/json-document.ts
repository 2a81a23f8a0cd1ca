/** What a verb prints with `--json`: one document with its format version. Keys beyond 2^53 are texts. */
export function jsonDocument(content: object): string {
  return JSON.stringify({ formatVersion: 1, ...content }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}
