import { useState } from 'preact/hooks'
import type { Problem } from '@/lib/api'
import type { Field, Value } from '@/lib/ledger'
import { Button, ErrorSummary, Input, Select } from '@/parts/fields'
import { DraftField, draftOf, valuesOf, type Draft } from '@/pages/ledger/draft'

export interface SentDraft { fields: Record<string, Value>; why?: string; reference?: string; class?: string }
export interface FormProps {
  fields: readonly Field[]
  more?: readonly Field[]             // what may come with it besides, folded away
  needed: readonly string[]           // fields without which nothing is sent
  values?: Record<string, Value>      // of the record that is changed
  action: string                      // on the button
  askReference?: boolean
  askClass?: boolean
  send: (draft: SentDraft) => Promise<Problem | null>
  cancel?: () => void
}

/// A form of a record's fields. What the platform refuses is told at the fields, and on top.
export function RecordForm(p: FormProps) {
  const before = p.values ? draftOf(p.fields, p.values) : undefined
  const [draft, setDraft] = useState<Draft>(before ?? {})
  const [why, setWhy] = useState('')
  const [reference, setReference] = useState('')
  const [secrecy, setSecrecy] = useState('')
  const all = [...p.fields, ...(p.more ?? [])]
  const [errors, setErrors] = useState<{ field?: string; text: string }[]>([])
  const [busy, setBusy] = useState(false)
  const errorOf = (name: string) => errors.find((one) => one.field === `field-${name}`)?.text

  const submit = async () => {
    const missing = p.needed.filter((name) => !(draft[name] ?? '').trim())
    if (missing.length) {
      setErrors(missing.map((name) => ({ field: `field-${name}`, text: `Enter ${name.replace(/_/g, ' ')}` })))
      return
    }
    setBusy(true)
    const problem = await p.send({
      fields: valuesOf(all, draft, before), ...(why.trim() ? { why: why.trim() } : {}), ...(reference.trim() ? { reference: reference.trim() } : {}), ...(secrecy ? { class: secrecy } : {}),
    })
    setBusy(false)
    setErrors(problem ? told(problem, all) : [])
  }

  const shown = (field: Field) => (
    <DraftField key={field.name} field={field} draft={draft} needed={p.needed.includes(field.name)} error={errorOf(field.name)}
      set={(name, value) => setDraft({ ...draft, [name]: value })} />
  )
  return (
    <form class="mw-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <ErrorSummary errors={errors} />
      {p.fields.map(shown)}
      {p.more && p.more.length > 0 && (
        <details class="govuk-details">
          <summary class="govuk-details__summary"><span class="govuk-details__summary-text">More that may come with it</span></summary>
          <div class="govuk-details__text">{p.more.map(shown)}</div>
        </details>
      )}
      {p.askReference && <Input id="field-reference" label="Reference (optional)" hint="only when the record has one already; otherwise the platform numbers it" value={reference} onValue={setReference} />}
      {p.askClass && <Select id="field-class" label="Class (optional)" hint={p.values ? 'another class needs a reason' : 'the least class of its kind, unless it is more'} value={secrecy} onValue={setSecrecy}
        choices={[{ value: '', label: p.values ? 'as it is' : 'as its kind' }, ...['White', 'Green', 'Amber', 'Red'].map((c) => ({ value: c, label: c }))]} />}
      {p.values && <Input id="field-why" label="Why (optional)" hint="kept in the history" value={why} onValue={setWhy} />}
      <div class="mw-actions">
        <Button submit disabled={busy}>{p.action}</Button>
        {p.cancel && <Button kind="secondary" onClick={p.cancel}>Cancel</Button>}
      </div>
    </form>
  )
}

function told(problem: Problem, fields: readonly Field[]): { field?: string; text: string }[] {
  if (!problem.errors?.length) return [{ text: problem.detail || problem.title }]
  return problem.errors.map((one) => {
    const known = fields.some((f) => f.name === one.field)
    return known ? { field: `field-${one.field}`, text: one.detail } : { text: `${one.field}: ${one.detail}` }
  })
}
