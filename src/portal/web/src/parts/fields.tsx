import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/// Form fields after GOV.UK Frontend. `id` is also the name; errors stand at the field and in the summary on top.
interface Common { id: string; label: ComponentChildren; hint?: ComponentChildren; error?: string | undefined }
const described = (p: Common) => [p.hint ? `${p.id}-hint` : '', p.error ? `${p.id}-error` : ''].filter(Boolean).join(' ') || undefined

function Group({ of, children }: { of: Common; children: ComponentChildren }) {
  return (
    <div class={`govuk-form-group${of.error ? ' govuk-form-group--error' : ''}`}>
      <label class="govuk-label" for={of.id}>{of.label}</label>
      {of.hint && <div id={`${of.id}-hint`} class="govuk-hint">{of.hint}</div>}
      {of.error && <p id={`${of.id}-error`} class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> {of.error}</p>}
      {children}
    </div>
  )
}

export interface InputProps extends Common {
  value: string
  onValue: (value: string) => void
  type?: string
  width?: number          // characters, 2 3 4 5 10 20 30
  list?: string
  autocomplete?: string
  mono?: boolean
}
export function Input(p: InputProps) {
  return (
    <Group of={p}>
      <input class={`govuk-input${p.error ? ' govuk-input--error' : ''}${p.width ? ` govuk-input--width-${p.width}` : ''}${p.mono ? ' mw-mono' : ''}`}
        id={p.id} name={p.id} type={p.type ?? 'text'} value={p.value} list={p.list} aria-describedby={described(p)}
        autocomplete={(p.autocomplete ?? 'off') as never} spellcheck={false} onInput={(e) => p.onValue(e.currentTarget.value)} />
    </Group>
  )
}

export function Textarea(p: Common & { value: string; onValue: (value: string) => void; rows?: number; mono?: boolean }) {
  return (
    <Group of={p}>
      <textarea class={`govuk-textarea${p.error ? ' govuk-textarea--error' : ''}${p.mono ? ' mw-mono' : ''}`} id={p.id} name={p.id} rows={p.rows ?? 5}
        aria-describedby={described(p)} value={p.value} onInput={(e) => p.onValue(e.currentTarget.value)} />
    </Group>
  )
}

export interface Choice { value: string; label: string; hint?: string }
export function Select(p: Common & { value: string; onValue: (value: string) => void; choices: readonly Choice[] }) {
  return (
    <Group of={p}>
      <select class={`govuk-select${p.error ? ' govuk-select--error' : ''}`} id={p.id} name={p.id} aria-describedby={described(p)} value={p.value}
        onChange={(e) => p.onValue(e.currentTarget.value)}>
        {p.choices.map((c) => <option key={c.value} value={c.value}>{c.label}</option>)}
      </select>
    </Group>
  )
}

export function Radios(p: Common & { value: string; onValue: (value: string) => void; choices: readonly Choice[]; inline?: boolean }) {
  return (
    <div class={`govuk-form-group${p.error ? ' govuk-form-group--error' : ''}`}>
      <fieldset class="govuk-fieldset" aria-describedby={described(p)}>
        <legend class="govuk-fieldset__legend">{p.label}</legend>
        {p.hint && <div id={`${p.id}-hint`} class="govuk-hint">{p.hint}</div>}
        {p.error && <p id={`${p.id}-error`} class="govuk-error-message"><span class="govuk-visually-hidden">Error:</span> {p.error}</p>}
        <div class={`govuk-radios govuk-radios--small${p.inline ? ' govuk-radios--inline' : ''}`}>
          {p.choices.map((c, i) => {
            const id = i === 0 ? p.id : `${p.id}-${i}`
            return (
              <div class="govuk-radios__item" key={c.value}>
                <input class="govuk-radios__input" id={id} name={p.id} type="radio" value={c.value} checked={p.value === c.value} onChange={() => p.onValue(c.value)} />
                <label class="govuk-label govuk-radios__label" for={id}>{c.label}</label>
                {c.hint && <div class="govuk-hint govuk-radios__hint">{c.hint}</div>}
              </div>
            )
          })}
        </div>
      </fieldset>
    </div>
  )
}

export function Checkbox(p: { id: string; label: ComponentChildren; checked: boolean; onValue: (checked: boolean) => void }) {
  return (
    <div class="govuk-form-group"><div class="govuk-checkboxes govuk-checkboxes--small"><div class="govuk-checkboxes__item">
      <input class="govuk-checkboxes__input" id={p.id} name={p.id} type="checkbox" checked={p.checked} onChange={(e) => p.onValue(e.currentTarget.checked)} />
      <label class="govuk-label govuk-checkboxes__label" for={p.id}>{p.label}</label>
    </div></div></div>
  )
}

export function FileInput(p: Common & { onFile: (file: File | null) => void; accept?: string }) {
  return (
    <Group of={p}>
      <input class="govuk-file-upload" id={p.id} name={p.id} type="file" accept={p.accept} aria-describedby={described(p)}
        onChange={(e) => p.onFile(e.currentTarget.files?.[0] ?? null)} />
    </Group>
  )
}

/// What is wrong, on top of a form: takes the focus when it appears, each line leads to its field.
export function ErrorSummary({ errors }: { errors: { field?: string; text: string }[] }) {
  const box = useRef<HTMLDivElement>(null)
  const key = JSON.stringify(errors)
  useEffect(() => { if (errors.length) box.current?.focus() }, [key])
  if (!errors.length) return null
  return (
    <div class="govuk-error-summary" ref={box} tabIndex={-1} role="alert">
      <h2 class="govuk-error-summary__title">There is a problem</h2>
      <div class="govuk-error-summary__body"><ul class="govuk-list govuk-error-summary__list">
        {errors.map((one, i) => (
          <li key={i}>{one.field ? <a href={`#${one.field}`} onClick={(e) => {
            e.preventDefault()
            document.getElementById(one.field!)?.focus()
          }}>{one.text}</a> : <span>{one.text}</span>}</li>
        ))}
      </ul></div>
    </div>
  )
}

export function Button(p: { children: ComponentChildren; onClick?: () => void; kind?: 'secondary' | 'warning'; submit?: boolean; disabled?: boolean }) {
  return (
    <button type={p.submit ? 'submit' : 'button'} class={`govuk-button${p.kind ? ` govuk-button--${p.kind}` : ''}`} disabled={p.disabled}
      aria-disabled={p.disabled} onClick={p.onClick}>{p.children}</button>
  )
}
