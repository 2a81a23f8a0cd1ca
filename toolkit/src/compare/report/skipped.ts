const words: Readonly<Record<string, string>> = {
  'unsafe-method': 'writes',
  'of-routes-without-arms': 'of routes without arms',
}

/** Why an exchange was not sent, in words: `writes` for `unsafe-method`. */
export function skippedText(reason: string): string {
  return words[reason] ?? reason.replaceAll('-', ' ')
}
