from django.urls import path

from unisono.rooms.people.capabilities import Capability
from unisono.screens.access import SEE, needs
from unisono.screens.work import parts, people, plans, tasks, views

urlpatterns = [
    path("work/", views.mine, name="work"),
    path("work/tasks/", views.every, name="tasks"),
    path("work/tasks/new/", tasks.new, name="task.new"),
    path("work/tasks/<uuid:pk>/", tasks.task, name="task"),
    path("work/tasks/<uuid:pk>/state/", parts.state, name="task.state"),
    path("work/tasks/<uuid:pk>/owner/", parts.owner, name="task.owner"),
    path("work/tasks/<uuid:pk>/needs/", tasks.needs, name="task.needs"),
    path("work/risks/", views.risks, name="work.risks"),
    path("work/load/", people.load, name="work.load"),
    path("work/people/<uuid:pk>/", people.person, name="work.person"),
    path("work/people/<uuid:pk>/absences/", people.absences, name="work.absences"),
    path("work/absences/<uuid:pk>/end/", people.end, name="absence.end"),
    path("work/posts/<uuid:pk>/", parts.of_post, name="post.work"),
    path("work/posts/<uuid:pk>/plan/", parts.plan, name="post.plan"),
    path("work/campaigns/<uuid:pk>/", parts.of_campaign, name="campaign.work"),
    path("settings/work/", plans.plan, name="settings.work"),
    path("settings/work/own/", plans.forget, name="settings.work.own"),
]

ACCESS = {
    "work": SEE,
    "tasks": SEE,
    "task.new": needs(GET=Capability.WRITE, POST=Capability.WRITE),
    "task": needs(GET=Capability.SEE, POST=Capability.WRITE),
    # One's own task and one's own days are one's own to say; the verb asks whose they are.
    "task.state": needs(POST=Capability.SEE),
    "task.owner": needs(POST=Capability.WRITE),
    "task.needs": needs(POST=Capability.WRITE),
    "work.risks": SEE,
    "work.load": SEE,
    "work.person": SEE,
    "work.absences": needs(POST=Capability.SEE),
    "absence.end": needs(POST=Capability.SEE),
    "post.work": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "post.plan": needs(POST=Capability.WRITE),
    "campaign.work": needs(GET=Capability.SEE, POST=Capability.WRITE),
    "settings.work": needs(GET=Capability.PLAN, POST=Capability.PLAN),
    "settings.work.own": needs(POST=Capability.PLAN),
}
