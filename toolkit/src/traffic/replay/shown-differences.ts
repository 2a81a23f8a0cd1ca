import type { Answer, Difference } from '../../compare/index.ts'
import { hideSecrets } from '../redact/hide-secrets.ts'
import type { Redact } from '../redact/redact.ts'
import { secretsOf } from '../redact/redact-text.ts'
import { readableAnswer } from './kept-answer.ts'

/** Differences as they may be shown, by what redacting the answers that they come from takes out. */
export interface ShownDifferences {
  /** The answers whose differences come next. */
  from(answers: readonly (Answer | undefined)[]): void
  difference(difference: Difference): Difference
}

interface Found {
  readonly secrets: ReadonlySet<string>
  /** A body that cannot be read: nothing of it is shown. */
  readonly unread: boolean
}

/** Begins without answers. They are redacted when the first of their differences comes: most have none. */
export function buildShownDifferences(redact: Redact): ShownDifferences {
  let answers: readonly (Answer | undefined)[] = []
  let found: Found | undefined
  return {
    from(next) {
      answers = next
      found = undefined
    },
    difference(difference) {
      found ??= secretsIn(answers, redact)
      const shown = hideSecrets(redact.difference(difference), found.secrets, redact.token)
      return found.unread && difference.path.startsWith('$') ? withoutTexts(shown, redact) : shown
    },
  }
}

function secretsIn(answers: readonly (Answer | undefined)[], { token }: Redact): Found {
  const secrets = new Set<string>()
  const collecting = (value: string) => {
    secrets.add(value)
    return token(value)
  }
  const by = Object.assign(collecting, { secrets: secretsOf(token) })
  const read = answers.map((answer) => answer === undefined || readableAnswer(answer, by) !== undefined)
  return { secrets, unread: read.includes(false) }
}

function withoutTexts(difference: Difference, { token }: Redact): Difference {
  const shown = (value: Difference['legacy']) => (typeof value === 'string' ? token(value) : value)
  return { ...difference, legacy: shown(difference.legacy), service: shown(difference.service) }
}
