import type { ComponentChildren } from 'preact'
import { recordPath, type Field, type Value } from '@/lib/ledger'
import { When } from '@/parts/when'

/// A field's value as it is read: references lead to their records, moments follow the reader's zone.
export function FieldValue({ field, value }: { field: Field | undefined; value: Value | undefined }): ComponentChildren {
  if (value === null || value === undefined || value === '') return null
  if (Array.isArray(value)) {
    return <ul class="govuk-list govuk-list--bullet">{value.map((one, i) => <li key={i}><One field={field} value={one} /></li>)}</ul>
  }
  return <One field={field} value={value} />
}

function One({ field, value }: { field: Field | undefined; value: Value }): ComponentChildren {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'object' && value !== null) return <code>{JSON.stringify(value)}</code>
  const text = String(value)
  if (field?.type === 'reference') {
    return field.refers_to && field.refers_to !== '*'
      ? <a class="govuk-link" href={recordPath(field.refers_to, text)}>{text}</a>
      : <a class="govuk-link" href={`/find/${encodeURIComponent(text)}`}>{text}</a>
  }
  if (field?.type === 'instant' || field?.type === 'date') return <When at={text} />
  return <span style={{ whiteSpace: 'pre-wrap' }}>{text}</span>
}
