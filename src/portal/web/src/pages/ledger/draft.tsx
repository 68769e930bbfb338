import { titleOf, type Field, type Value } from '@/lib/ledger'
import { Input, Radios, Select, Textarea } from '@/parts/fields'

/// What a person types for a record's fields, and what is sent for it. A list has a line an item; nothing typed is not sent
/// when a record is made, and takes the field away when it is changed.
export type Draft = Record<string, string>

export function draftOf(fields: readonly Field[], values: Record<string, Value>): Draft {
  return Object.fromEntries(fields.map((f) => {
    const value = values[f.name]
    if (value === undefined || value === null) return [f.name, '']
    return [f.name, Array.isArray(value) ? value.map(String).join('\n') : String(value)]
  }))
}

export function valuesOf(fields: readonly Field[], draft: Draft, before?: Draft): Record<string, Value> {
  const made: Record<string, Value> = {}
  for (const field of fields) {
    const text = (draft[field.name] ?? '').trim()
    if (before && text === (before[field.name] ?? '').trim()) continue
    if (text === '') {
      if (before) made[field.name] = null
      continue
    }
    made[field.name] = field.list ? text.split('\n').map((line) => line.trim()).filter(Boolean).map((line) => typed(field, line)) : typed(field, text)
  }
  return made
}

function typed(field: Field, text: string): Value {
  if (field.type === 'boolean') return text === 'true'
  if (field.type === 'integer' && /^-?\d{1,15}$/.test(text)) return Number(text)
  return text   // decimals go as text, so that no digit is lost; what is wrong is told by the platform, field by field
}

const kHints: Record<string, string> = {
  date: 'for example 2026-11-23', instant: 'UTC, for example 2026-11-23T08:00:00Z', integer: 'a whole number', decimal: 'a number',
  reference: 'the reference of a record',
}

export function DraftField({ field, draft, set, error, needed }: { field: Field; draft: Draft; set: (name: string, value: string) => void; error?: string | undefined; needed: boolean }) {
  const value = draft[field.name] ?? ''
  const common = {
    id: `field-${field.name}`, error, value, onValue: (text: string) => set(field.name, text),
    label: <>{titleOf(field.name)}{needed ? '' : ' (optional)'}</>,
    hint: <>{field.meaning}{field.refers_to && field.refers_to !== '*' ? ` (${field.refers_to})` : ''}{kHints[field.type] ? `; ${kHints[field.type]}` : ''}{field.list ? '; one a line' : ''}</>,
  }
  if (field.type === 'boolean') return <Radios {...common} inline choices={[{ value: 'true', label: 'yes' }, { value: 'false', label: 'no' }]} />
  if (field.choices && !field.list) {
    const choices = field.choices.map((one) => ({ value: one, label: one }))
    return field.choices.length <= 4
      ? <Radios {...common} inline choices={choices} />
      : <Select {...common} choices={[{ value: '', label: '' }, ...choices]} />
  }
  if (field.type === 'long' || field.list) return <Textarea {...common} rows={field.list ? 3 : 5} />
  return <Input {...common} />
}
