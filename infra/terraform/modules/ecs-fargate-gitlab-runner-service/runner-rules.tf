# What a manager refuses when it starts, with exit status 78, refused at plan instead: the rules of docs/reference/configuration.md for what is
# written out of a runner. All that is found is said at once, by a precondition in iam.tf. Ids, ARNs and images may be those of things that are
# still to be made, and one unknown value would put off all of it: the variable itself looks at those.

locals {
  capacity_lists = flatten([
    for name, runner in var.managers_configs : [
      for key, items in { worker_capacity = runner.worker_capacity, worker_capacity_fallback = runner.worker_capacity_fallback } :
      { at = "${name}.${key}", items = items } if items != null
    ]
  ])

  runner_numbers = flatten([
    [for name, runner in var.managers_configs : [
      { at = "${name}.limit", value = runner.limit, least = 0, most = 10000 },
      { at = "${name}.output_limit", value = runner.output_limit, least = 1, most = 1048576 },
      { at = "${name}.registration.maximum_timeout", value = try(runner.registration.maximum_timeout, null), least = 600, most = 2592000 },
      { at = "${name}.worker_ephemeral_storage_gib", value = runner.worker_ephemeral_storage_gib, least = 21, most = 200 },
      { at = "${name}.worker_ssh_port", value = runner.worker_ssh_port, least = 1, most = 65535 },
    ]],
    [for list in local.capacity_lists : [for at, item in list.items : [
      { at = "${list.at}[${at}].weight", value = item.weight, least = 0, most = 1000 },
      { at = "${list.at}[${at}].base", value = item.base, least = 0, most = 100000 },
    ]]],
  ])

  # Empty texts are as good as none.
  runner_texts = flatten([
    [for name, runner in var.managers_configs : [
      [for tag in runner.tags : {
        at = "${name}.tags", value = tag, pattern = "^[^\\s,]{1,255}$", allowed = "1 to 255 characters without white space and commas, one item for each tag"
      }],
      [for variable in keys(coalesce(runner.environment, {})) : {
        at = "${name}.environment", value = variable, pattern = "^[A-Za-z_]\\w*$", allowed = "names of letters, digits and _, the first one not a digit"
      }],
      {
        at = "${name}.clone_url", value = runner.clone_url, pattern = "(?i)^https?://[^\\s/?#@]+(/[^\\s?#]*)?$", allowed = "a full URL such as https://gitlab.example.com, without user, query and fragment"
      },
      {
        at = "${name}.registration.access_level", value = try(runner.registration.access_level, null), pattern = "^(not_protected|ref_protected)$", allowed = "not_protected or ref_protected; left out, GitLab decides"
      },
      {
        at = "${name}.registration.description", value = try(runner.registration.description, null), pattern = "^[^[:cntrl:]]{1,255}$", allowed = "one line of 255 characters at most"
      },
      {
        # A pattern repeats 1000 times at most.
        at = "${name}.registration.maintenance_note", value = try(runner.registration.maintenance_note, null), pattern = "^[^[:cntrl:]]{1,1000}[^[:cntrl:]]{0,24}$", allowed = "one line of 1024 characters at most"
      },
      {
        at = "${name}.worker_proof", value = runner.worker_proof, pattern = "^(preferred|required)$", allowed = "preferred or required; left out, preferred"
      },
      {
        at = "${name}.worker_ssh_user", value = runner.worker_ssh_user, pattern = "^[A-Za-z_][\\w.-]{0,31}$", allowed = "letters, digits, -, _ and ., 32 at most; left out, root"
      },
    ]],
    [for list in local.capacity_lists : [for at, item in list.items : {
      at = "${list.at}[${at}].provider", value = item.provider, pattern = "^FARGATE(_SPOT)?$", allowed = "FARGATE or FARGATE_SPOT"
    }]],
  ])

  runner_faults = concat(
    [
      for row in local.runner_numbers : "managers_configs.${row.at} is ${row.value}. Allowed: a whole number, ${row.least} to ${row.most}."
      if try(row.value < row.least || row.value > row.most || floor(row.value) != row.value, false)
    ],
    [
      for row in local.runner_texts : "managers_configs.${row.at} is ${jsonencode(row.value)}. Allowed: ${row.allowed}."
      if try(row.value != "" && length(regexall(row.pattern, row.value)) == 0, false)
    ],
    [
      for name, runner in var.managers_configs : "managers_configs.${name}.tags has ${length(runner.tags)} items. Allowed: 50 at most."
      if length(runner.tags) > 50
    ],
    [
      for name, runner in var.managers_configs :
      "managers_configs.${name}.worker_builds_dir is ${jsonencode(runner.worker_builds_dir)}. Allowed: an absolute path, or one below the home of the SSH user, without .., ~ at its beginning and control characters."
      if try(length(runner.worker_builds_dir) > 1024 || length(regexall("^~|(^|/)\\.\\.(/|$)|[[:cntrl:]]", runner.worker_builds_dir)) > 0, false)
    ],
    [
      for list in local.capacity_lists :
      "managers_configs.${list.at} is no choice of capacity that ECS takes. Allowed: FARGATE and FARGATE_SPOT, each at most once; one weight above 0; at most one base above 0."
      if try(
        length(list.items) == 0
        || length(distinct([for item in list.items : item.provider])) < length(list.items)
        || alltrue([for item in list.items : item.weight == 0])
        || length([for item in list.items : item if coalesce(item.base, 0) > 0]) > 1,
        false,
      )
    ],
  )
}
