import { buildBoundedMap, ownCopy } from './bounded-map.ts'
import type { LiveAnswers } from './correlation.ts'

/** Cookies that an arm set on its own account, where the recording knows of none: by session, arm and name. */
export interface CookieJar {
  find(session: string, arm: 'legacy' | 'service', name: string): string | undefined
  learn(session: string, answers: LiveAnswers): void
  /** Sessions that were forgotten. */
  forgotten(): number
}

const maxCookies = 50

/** Remembers `limit` sessions; the oldest are forgotten. */
export function buildCookieJar(limit: number): CookieJar {
  const sessions = buildBoundedMap<Map<string, string>>(limit)
  const of = (session: string) => {
    const cookies = sessions.get(session) ?? new Map<string, string>()
    sessions.put(session, cookies)
    return cookies
  }
  return {
    find: (session, arm, name) => sessions.get(session)?.get(`${arm} ${name}`),
    forgotten: sessions.forgotten,
    learn(session, answers) {
      for (const arm of ['legacy', 'service'] as const) {
        const set = answers[arm]?.headers.get('set-cookie')
        if (set === undefined) continue
        const cookies = of(session)
        for (const text of set) keep(cookies, arm, text)
      }
    },
  }
}

function keep(cookies: Map<string, string>, arm: string, text: string): void {
  const [pair = ''] = text.split(';')
  const equals = pair.indexOf('=')
  if (equals < 1 || cookies.size >= maxCookies) return
  cookies.set(ownCopy(`${arm} ${pair.slice(0, equals).trim()}`), ownCopy(pair.slice(equals + 1).trim()))
}
