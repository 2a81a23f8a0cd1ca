const idForms = [
  /^\d+$/,
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=.*\d)[0-9a-f]{8,}$/i,
  // A word with a number: `ord_1234`, `C-1001`; `v12` is a version.
  /^(?!v\d+$)[a-z]{1,8}[-_.]?\d{2,}$/i,
  /^\d{4}-\d{2}(-\d{2})?$/,
  // ULIDs, short ids and tokens: letters and digits mixed, longer than words with a digit in them.
  /^(?=(?:.*\d){3})(?=.*[A-Za-z])[\w-]{10,}$/,
  /@/,
  /~tok_/,
]

/** Segments that can stand in a route's path as they are. */
const literalForm = /^[A-Za-z0-9._~-]+$/
const fileForm = /\.(css|js|mjs|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|txt|xml|webmanifest|wasm)$/i

/** Whether a path's segment names a thing of many, rather than a kind of things. */
export function looksLikeAnId(segment: string): boolean {
  return !literalForm.test(segment) || idForms.some((form) => form.test(segment))
}

/** Whether a path is that of a file which pages bring along: a style, a script, a picture. */
export function isFile(path: string): boolean {
  return fileForm.test(path)
}
