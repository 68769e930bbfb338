import { useState } from 'preact/hooks'
import { ask, part } from '@/lib/api'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Button, Checkbox, ErrorSummary, Input, Radios } from '@/parts/fields'
import { kClearances, type JobType, type Person } from '@/pages/people/people'

/// A person is made, or changed: `of` is how he is now.
export function PersonForm({ of, done }: { of: Person | null; done: (id: string) => void }) {
  const types = useApi<{ job_types: JobType[] }>('/job-types')
  const [id, setId] = useState(of?.id ?? '')
  const [person, setPerson] = useState<Person>(of ?? { id: '', name: '', party: '', roles: [], clearance: 'White', active: true })
  const [errors, setErrors] = useState<{ field?: string; text: string }[]>([])
  const [busy, setBusy] = useState(false)
  const set = (change: Partial<Person>) => setPerson({ ...person, ...change })
  const errorOf = (field: string) => errors.find((one) => one.field === field)?.text
  const submit = async () => {
    const missing = [
      ...(/^[A-Za-z0-9.@_-]{1,64}$/.test(id) ? [] : [{ field: 'id', text: 'Enter an id: letters, digits and . - _ @' }]),
      ...(person.party.trim() ? [] : [{ field: 'party', text: 'Enter the party' }]),
      ...(person.roles.length ? [] : [{ field: 'roles', text: 'Choose a job type' }]),
    ]
    setErrors(missing)
    if (missing.length) return
    setBusy(true)
    const { name, party, roles, clearance, active } = person
    const answer = await ask(`/people/${part(id)}`, { method: 'PUT', json: { name: name.trim(), party: party.trim(), roles, clearance, active } })
    setBusy(false)
    if (!answer.ok) {
      setErrors([{ text: answer.problem.detail || answer.problem.title }])
      return
    }
    announce(`${id} is kept`)
    done(id)
  }
  const given = (types.value?.job_types ?? []).filter((one) => one.given === 'person')
  return (
    <form class="mw-form" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      <ErrorSummary errors={errors} />
      {!of && <Input id="id" label="Id" hint="names the person in every history; cannot be changed" value={id} onValue={setId} error={errorOf('id')} />}
      <Input id="name" label="Name (optional)" value={person.name} onValue={(name) => set({ name })} />
      <Input id="party" label="Party" hint="the organisation; of a User's people its name" value={person.party} onValue={(party) => set({ party })} error={errorOf('party')} />
      <fieldset class="govuk-fieldset" aria-describedby="roles-hint">
        <legend class="govuk-fieldset__legend">Job types</legend>
        <div id="roles-hint" class="govuk-hint">what each may do: <a class="govuk-link" href="/permissions">the table of permissions</a></div>
        <div id="roles" tabIndex={-1}>
          {given.map((one) => (
            <Checkbox key={one.job_type} id={`role-${one.job_type}`} checked={person.roles.includes(one.job_type)}
              label={<><strong>{one.job_type}</strong>: {one.meaning}{one.verified ? ' (while a certificate stands behind the name)' : ''}</>}
              onValue={(on) => set({ roles: on ? [...person.roles, one.job_type] : person.roles.filter((role) => role !== one.job_type) })} />
          ))}
        </div>
      </fieldset>
      <Radios id="clearance" label="Clearance" hint="up to which class of the Panel Information Policy he reads" inline value={person.clearance} onValue={(clearance) => set({ clearance })} choices={kClearances} />
      <Checkbox id="active" label="Active: his tokens and certificates let him in" checked={person.active} onValue={(active) => set({ active })} />
      <Button submit disabled={busy}>{of ? 'Save' : 'Make it'}</Button>
    </form>
  )
}
