import { html } from './html.ts'
import { page } from './page.ts'

/** The page for what went wrong, in words for a customer. */
export function messagePage(status: number): string {
  const [title, text] = wordsFor(status)
  return page({ title }, html`<h1>${title}</h1><p>${text}</p><p><a class="button" href="/">Back to the shop</a></p>`)
}

function wordsFor(status: number): readonly [string, string] {
  if (status === 404) return ['Page not found', 'We looked on every shelf. The page may have moved, or never was here.']
  if (status === 503)
    return ['One moment, please', 'The till is busy. Nothing was changed; please try again in a few seconds.']
  if (status < 500)
    return ['That did not work', 'We did not understand what your browser sent us. Please go back and try again.']
  return ['Something went wrong', 'That was our mistake, and it has been written down. Please try again.']
}
