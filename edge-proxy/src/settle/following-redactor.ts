import { buildRedactor, type RawExchange, type Redact, type RedactionRules } from '@banyan/toolkit/traffic/redact'

/** A redactor that goes by the rules which hold now: those of the live route table. */
export function followingRedactor(key: Buffer, rules: () => RedactionRules | undefined): Redact {
  let known = rules()
  let redact = buildRedactor({ key, rules: known ?? {} })
  const now = () => {
    const present = rules()
    if (present !== known) {
      known = present
      redact = buildRedactor({ key, rules: present ?? {} })
    }
    return redact
  }
  return Object.assign((raw: RawExchange) => now()(raw), {
    token: redact.token,
    target: (target: string) => now().target(target),
    difference: (difference: Parameters<Redact['difference']>[0]) => now().difference(difference),
    keyId: redact.keyId,
  })
}
