import { Button, Checkbox, Input, Radios, Select, Textarea } from '@/parts/fields'
import { countOf, idOf, keyOf, labelOf, placeOf, type Filled, type Part } from '@/pages/send/form_parts'

interface Props {
  filled: Filled
  onFilled: (next: Filled) => void
  errors: Record<string, string>   // by place
}
interface Here extends Props { part: Part; parent: string; only: number }

/// The parts of a form, each as GOV.UK Frontend has such a thing: choices are radios, what repeats is added and removed.
export function FormParts({ form, ...rest }: Props & { form: Part }) {
  if (!form.parts?.length) return <p class="govuk-body">There is nothing to fill in: the request says it all.</p>
  return <>{form.parts.map((part) => <OnePart key={keyOf(part, '', 0)} part={part} parent="" only={0} {...rest} />)}</>
}

function OnePart(here: Here) {
  const { part } = here
  if (part.kind === 'choice') return <OneChoice {...here} />
  if (part.kind === 'together') return <Several {...here} />
  if (part.kind === 'mark') return part.least > 0 || here.only ? null : <Optional {...here}>{null}</Optional>
  if (part.kind === 'group') return <Groups {...here} />
  return part.most === 1 || here.only ? <OneField {...here} place={placeOf(here.parent, part.name!, here.only || 1)} /> : <Fields {...here} />
}

const withCount = (filled: Filled, key: string, count: number): Filled => ({ ...filled, counts: { ...filled.counts, [key]: count } })

function OneField({ part, place, filled, onFilled, errors, number }: Here & { place: string; number?: number }) {
  const text = filled.texts[place] ?? ''
  const set = (next: string) => onFilled({ ...filled, texts: { ...filled.texts, [place]: next } })
  const label = `${part.label}${number ? ` ${number}` : ''}${part.unit ? ` (${part.unit})` : ''}${part.least === 0 && !number ? ' (optional)' : ''}`
  const hint = [part.help, part.values ? '' : part.wants].filter(Boolean).join('. ')
  const common = { id: idOf(place), label, ...(hint ? { hint } : {}), error: errors[place], value: text, onValue: set }
  const values = part.values ?? (part.type === 'boolean' ? [{ value: 'true', word: 'yes' }, { value: 'false', word: 'no' }] : null)
  if (values) {
    const choices = values.map((one) => ({ value: one.value, label: one.word ? `${one.value}: ${one.word}` : one.value }))
    return <Select {...common} choices={[{ value: '', label: part.least === 0 ? 'left out' : 'choose' }, ...choices]} />
  }
  if (part.type === 'base64' || (part.longest ?? 0) > 120) return <Textarea {...common} rows={3} mono={part.type === 'base64'} />
  return <Input {...common} mono={part.type === 'hex'} />
}

function Fields(here: Here) {
  const { part, parent, filled, onFilled } = here
  const key = keyOf(part, parent, 0)
  const count = countOf(part, key, filled)
  return (
    <fieldset class="govuk-fieldset mw-part">
      <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{part.label} ({words(part)})</legend>
      {Array.from({ length: count }, (_, i) => <OneField key={i} {...here} place={placeOf(parent, part.name!, i + 1)} number={i + 1} />)}
      <More part={part} count={count} onCount={(n) => onFilled(withCount(filled, key, n))} />
    </fieldset>
  )
}

function Groups(here: Here) {
  const { part, parent, only, filled, onFilled } = here
  const key = keyOf(part, parent, only)
  const single = only > 0 || part.most === 1
  if (single && part.least === 0) return <Optional {...here}><Inside {...here} place={placeOf(parent, part.name!, only || 1)} /></Optional>
  if (single) {
    return (
      <fieldset class="govuk-fieldset mw-part">
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{part.label}{only > 0 ? ` ${only}` : ''}</legend>
        <Inside {...here} place={placeOf(parent, part.name!, only || 1)} />
      </fieldset>
    )
  }
  const count = countOf(part, key, filled)
  return (
    <>
      {Array.from({ length: count }, (_, i) => (
        <fieldset class="govuk-fieldset mw-part" key={i}>
          <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{part.label} {i + 1}</legend>
          <Inside {...here} place={placeOf(parent, part.name!, i + 1)} />
        </fieldset>
      ))}
      <More part={part} count={count} onCount={(n) => onFilled(withCount(filled, key, n))} />
    </>
  )
}

function Inside({ part, place, filled, onFilled, errors }: Here & { place: string }) {
  return <>{part.help && <p class="govuk-hint">{part.help}</p>}
    {(part.parts ?? []).map((inner) => <OnePart key={keyOf(inner, place, 0)} part={inner} parent={place} only={0} filled={filled} onFilled={onFilled} errors={errors} />)}</>
}

/// Something that may be left out as a whole.
function Optional({ part, parent, only, filled, onFilled, children }: Here & { children: preact.ComponentChildren }) {
  const key = keyOf(part, parent, only)
  const there = countOf(part, key, filled) > 0
  return (
    <>
      <Checkbox id={idOf(key)} label={`With ${labelOf(part)}`} checked={there} onValue={(yes) => onFilled(withCount(filled, key, yes ? 1 : 0))} />
      {there && children && <div class="mw-part">{children}</div>}
    </>
  )
}

function OneChoice(here: Here) {
  const { part, parent, only, filled, onFilled, errors } = here
  const key = keyOf(part, parent, only)
  const at = filled.chosen[key]
  const alternatives = part.parts ?? []
  const choose = (value: string) => onFilled({
    ...filled, chosen: { ...filled.chosen, [key]: Number(value) }, counts: { ...filled.counts, [key]: value === '-1' ? 0 : 1 },
  })
  const chosen = at === undefined ? undefined : alternatives[at]
  const first = placeOf(parent, Object.keys(fieldsOfChoice(part))[0] ?? '', only || 1)
  return (
    <>
      <Radios id={`${idOf(first)}-choice`} label={`One of these${part.least === 0 ? ' (optional)' : ''}`} value={at === undefined ? '' : String(at)} onValue={choose}
        error={at === undefined ? errors[first] : undefined}
        choices={[...(part.least === 0 ? [{ value: '-1', label: 'None' }] : []), ...alternatives.map((one, i) => ({ value: String(i), label: labelOf(one) }))]} />
      {chosen && <div class="mw-part"><OnePart {...here} part={chosen} /></div>}
    </>
  )
}
/// Names of the elements that a choice may begin with, in the order in which the API names them in errors.
function fieldsOfChoice(part: Part): Record<string, true> {
  const out: Record<string, true> = {}
  const add = (one: Part): void => { if (one.name) out[one.name] = true; else one.parts?.forEach(add) }
  const first = part.parts?.[0]
  if (first) add(first)
  return Object.fromEntries(Object.entries(out).sort())
}

function Several(here: Here) {
  const { part, parent, only, filled, onFilled } = here
  const key = keyOf(part, parent, only)
  const repeats = part.most === null || part.most > 1
  if (!repeats && part.least === 0) return <Optional {...here}>{part.parts?.map((inner) => <OnePart {...here} key={keyOf(inner, parent, only)} part={inner} />)}</Optional>
  const count = countOf(part, key, filled)
  return (
    <>
      {Array.from({ length: count }, (_, i) => (
        <fieldset class="govuk-fieldset mw-part" key={i}>
          <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">{repeats ? `${i + 1} of ${count}` : labelOf(part)}</legend>
          {part.parts?.map((inner) => <OnePart {...here} key={keyOf(inner, parent, repeats ? i + 1 : only)} part={inner} only={repeats ? i + 1 : only} />)}
        </fieldset>
      ))}
      {repeats && <More part={part} count={count} onCount={(n) => onFilled(withCount(filled, key, n))} />}
    </>
  )
}

function words(part: Part): string {
  const most = part.most === null ? 'any number' : String(part.most)
  return part.least === part.most ? `${part.least}` : `${part.least} to ${most}`
}

function More({ part, count, onCount }: { part: Part; count: number; onCount: (n: number) => void }) {
  const may = part.most === null || count < part.most
  const what = labelOf(part).toLowerCase()
  return (
    <div class="mw-actions">
      {may && <Button kind="secondary" onClick={() => onCount(count + 1)}>Add {count > part.least || count > 0 ? 'another' : 'a'} {what}</Button>}
      {count > part.least && <Button kind="secondary" onClick={() => onCount(count - 1)}>Remove the last {what}</Button>}
    </div>
  )
}

