"""usergroups.*"""

from sandbox.conversation import Json
from sandbox.errors import SlackRefusal
from sandbox.shapes import group_shape
from sandbox.webapi.call import Call, method


@method("usergroups.list", "usergroups:read", tier=2)
def list_groups(call: Call) -> Json:
    workspace = call.core.workspace
    shapes = []
    for group in workspace.groups.values():
        shape = group_shape(workspace, group)
        if call.yes("include_users"):
            shape["users"] = list(group.users)
        shapes.append(shape)
    return {"usergroups": shapes}


@method("usergroups.users.list", "usergroups:read", tier=2)
def list_users(call: Call) -> Json:
    group = call.core.workspace.groups.get(call.required("usergroup"))
    if group is None:
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.users)}
