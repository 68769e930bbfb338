import { useEffect, useRef, useState } from 'preact/hooks'
import { ask, part as pathPart, type Problem } from '@/lib/api'
import { navigate, useFilters } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button, ErrorSummary, Input, Select } from '@/parts/fields'
import { Empty, Loaded, ProblemBox } from '@/parts/states'
import { Tag } from '@/parts/tag'
import { FormParts } from '@/pages/send/fill'
import { fieldsOf, fillFrom, idOf, nothing, type Filled, type Form } from '@/pages/send/form_parts'
import { Previewed, type Preview } from '@/pages/send/preview'

const kTopUp = '2.2'

/// One service request: filled in, previewed, sent.
export function SendForm({ part }: PageProps) {
  const [query] = useFilters()
  const [device] = useState(query.get('device') ?? '')   // as the page was opened: what is typed later asks for no new form
  const form = useApi<Form>(`/services/${pathPart(part.service!)}/form`, { device: asDevice(device) })
  return <Loaded from={form}>{(value) => <Filling key={value.service} form={value} />}</Loaded>
}

const asDevice = (text: string): string => (/^[0-9a-fA-F-]{16,23}$/.test(text) ? text : '')

interface Wrong { field: string; detail: string; wants?: string }

function Filling({ form }: { form: Form }) {
  const [query, setQuery] = useFilters()
  const [filled, setFilled] = useState<Filled>(nothing)
  const [pounds, setPounds] = useState('')
  const [cv, setCv] = useState('')
  const [preview, setPreview] = useState<Preview | null>(null)
  const [wrong, setWrong] = useState<Wrong[]>([])
  const [problem, setProblem] = useState<Problem | null>(null)
  const [busy, setBusy] = useState(false)
  const result = useRef<HTMLElement>(null)
  const users = form.users.filter((one) => one.eligible)
  const user = query.get('user') ?? users[0]?.user ?? form.users[0]?.user ?? ''
  const device = query.get('device') ?? ''
  const [target, setTarget] = useState(device)

  const order = (more: Record<string, unknown>): Record<string, unknown> => ({
    user, ...(form.non_device ? {} : { target: target.trim() }), ...(cv ? { cv: Number(cv) } : {}),
    ...(pounds && form.service === kTopUp ? { pounds: Number(pounds) } : {}), ...more,
  })
  const look = async (more: Record<string, unknown>) => {
    setBusy(true)
    setProblem(null)
    if (target.trim() !== device) setQuery({ device: target.trim() }, { replace: true })
    const answer = await ask<Preview>(`/services/${pathPart(form.service)}/preview`, { method: 'POST', json: order(more) })
    setBusy(false)
    if (!answer.ok) {
      const about = /^(user|target|pounds|cv): (.*)/.exec(answer.problem.detail)
      setWrong(about ? [{ field: about[1]!, detail: about[2]! }] : [])
      setProblem(about ? null : answer.problem)
      setPreview(null)
      return
    }
    setWrong(answer.value.errors)
    setPreview(answer.value.valid ? { ...answer.value, asked: order(more) } : null)
    if (answer.value.valid) announce('Preview is ready')
  }
  useEffect(() => { if (preview) result.current?.focus() }, [preview])

  const sample = async () => {   // it may name the device
    const answer = await ask<Form>(`/services/${pathPart(form.service)}/form`, { query: { device: asDevice(target.trim()) } })
    setFilled(fillFrom(form.form, answer.ok ? answer.value.sample : form.sample))
    announce('Sample values are filled in')
  }
  const own: Record<string, string> = { user: 'user', target: 'target', pounds: 'pounds', cv: 'cv' }
  const lineOf = (one: Wrong) => `${one.field ? `${one.field}: ` : ''}${one.detail}${one.wants ? ` (${one.wants})` : ''}`
  const at = (place: string) => wrong.find((one) => one.field === place)
  const error = (place: string) => { const one = at(place); return one ? `${one.detail}${one.wants ? `: ${one.wants}` : ''}` : undefined }
  const byPlace = Object.fromEntries(wrong.map((one) => [one.field, error(one.field)!]))
  const link = (one: Wrong) => {
    const id = own[one.field] ?? (one.field ? idOf(one.field) : '')
    return id && document.getElementById(id) ? id : id && document.getElementById(`${id}-choice`) ? `${id}-choice` : undefined
  }
  return (
    <>
      <h1 class="govuk-heading-l"><span class="govuk-caption-l">{form.service}</span> {form.name}</h1>
      <p class="govuk-body">
        {form.critical ? <Tag colour="orange">critical</Tag> : <Tag>not critical</Tag>}{' '}
        {form.non_device ? 'Answered by the DCC itself.' : `For ${form.device_types.join(', ')}.`} Roles: {form.roles.join(', ')}.
        {form.use_cases.length > 0 && <> Use cases: {form.use_cases.map((u) => u.use_case).join(', ')}.</>}{' '}
        <a class="govuk-link" href="/send">Another service</a>
      </p>
      <ErrorSummary errors={wrong.map((one) => ({ text: lineOf(one), ...(link(one) ? { field: link(one)! } : {}) }))} />
      {problem && <ProblemBox problem={problem} />}
      {form.users.length === 0
        ? <Empty why="forbidden"><p>You act for no User: a request is written for the Users of your own party.</p></Empty>
        : (
          <form class="mw-form" noValidate onSubmit={(e) => { e.preventDefault(); void look({ fields: fieldsOf(form.form, filled) }) }}>
            <Select id="user" label="For the User" value={user} onValue={(next) => setQuery({ user: next }, { replace: true })} error={error('user')}
              choices={form.users.map((one) => ({ value: one.user, label: `${one.name} ${one.user} (${one.roles.join(' ')})${one.eligible ? '' : ': no role that may ask this'}` }))} />
            {!form.non_device && <Input id="target" label="Device" hint="EUI-64, with or without hyphens" value={target} onValue={setTarget} error={error('target')} mono />}
            {form.command_variants.filter((one) => ![5, 6, 7].includes(one.cv)).length > 1 && (
              <Select id="cv" label="Command variant (optional)" value={cv} onValue={setCv} error={error('cv')}
                choices={[{ value: '', label: 'the usual one' }, ...form.command_variants.filter((one) => ![5, 6, 7].includes(one.cv)).map((one) => ({ value: String(one.cv), label: `${one.cv}: ${one.name}` }))]} />
            )}
            {form.service === kTopUp && <Input id="pounds" label="Worth of the token in pounds" hint="0 to 8191; the User’s side makes the token. Left out: enter its 20 digits below" value={pounds} onValue={setPounds} error={error('pounds')} width={5} />}
            <FormParts form={form.form} filled={filled} onFilled={setFilled} errors={byPlace} />
            <div class="mw-actions">
              <Button submit disabled={busy}>Preview</Button>
              {(form.form.parts?.length ?? 0) > 0 && <Button kind="secondary" onClick={() => void sample()}>Fill in sample values</Button>}
            </div>
          </form>
        )}
      {preview && (
        <section ref={result} tabIndex={-1} aria-labelledby="preview-title">
          <h2 class="govuk-heading-m" id="preview-title">Preview</h2>
          <Previewed form={form} preview={preview} user={user} onBody={(body) => look({ body })} onSent={(id) => navigate(`/sent/${pathPart(id)}`)} />
        </section>
      )}
    </>
  )
}
