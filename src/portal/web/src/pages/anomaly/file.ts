/// Files of anomaly detection (docs/wire/anomaly-files.md) as a page makes them, and signed files as a person brings them.
export interface Draft { service: string; warning: string; quarantine: string; hours: string; from: string }
export const emptyDraft = (): Draft => ({ service: '', warning: '', quarantine: '', hours: '24', from: '' })

const kHeader = 'reference,user_id,user_role,service_reference_variant,warning_threshold,quarantine_threshold,period_hours,effective_from'

export const dashed = (eui: string): string => (eui.toUpperCase().match(/../g) ?? []).join('-')

export function thresholdsFile(reference: string, user: string, role: string, rows: readonly Draft[], now: Date): string {
  const from = (text: string) => (text === '' ? `${now.toISOString().slice(0, 19)}Z` : text.length === 10 ? `${text}T00:00:00Z` : text)
  const lines = rows.map((r) => [reference, dashed(user), role, r.service, r.warning, r.quarantine, r.hours, from(r.from)].join(','))
  return [kHeader, ...lines, ''].join('\r\n')
}

export interface Wrong { field?: string; text: string }

/// What can be said before the platform is asked; each line leads to its field.
export function wrongIn(reference: string, user: string, rows: readonly Draft[]): Wrong[] {
  const out: Wrong[] = []
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/.test(reference)) out.push({ field: 'reference', text: 'Enter a reference of letters, digits, dots, dashes' })
  if (!/^[0-9a-f]{16}$/i.test(user.replace(/-/g, ''))) out.push({ field: 'user', text: 'Choose a User' })
  rows.forEach((r, i) => {
    const number = `Row ${i + 1}`
    if (!/^(ALL|\d+(\.\d+){0,2})$/.test(r.service)) out.push({ field: `service-${i}`, text: `${number}: enter a service such as 7.4, or ALL` })
    if (!/^\d*$/.test(r.warning)) out.push({ field: `warning-${i}`, text: `${number}: the warning is a whole number, or nothing` })
    if (!/^\d*$/.test(r.quarantine)) out.push({ field: `quarantine-${i}`, text: `${number}: the quarantine threshold is a whole number, or nothing` })
    if (!/^\d{0,3}$/.test(r.hours)) out.push({ field: `hours-${i}`, text: `${number}: hours are 1 to 744, or nothing` })
    if (!/^(\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?)?$/.test(r.from)) out.push({ field: `from-${i}`, text: `${number}: enter a date, or nothing for now` })
  })
  return out
}

/// A signature file as the header has it.
export async function base64Of(file: Blob): Promise<string> {
  let text = ''
  for (const byte of new Uint8Array(await file.arrayBuffer())) text += String.fromCharCode(byte)
  return btoa(text)
}
