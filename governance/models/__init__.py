from governance.models.bank_holiday import BankHoliday
from governance.models.body import Body, BodyKind, BodyName
from governance.models.clock_notice import ClockNotice
from governance.models.digest_line import DigestLine
from governance.models.document import Document, MeetingPaper, TermsOfReference
from governance.models.escalation import (
    Escalation,
    EscalationFile,
    EscalationStep,
    EscalationWords,
)
from governance.models.escalation_reader import EscalationReader
from governance.models.evidence import DatedFact, Evidence
from governance.models.measure import Measure, Reading
from governance.models.meeting import ActionPoint, Cadence, Decision, Meeting
from governance.models.organisation import Organisation, Partner
from governance.models.outbox import OutboxMessage
from governance.models.plan import Milestone, Priority, Project, ProjectReport, Strategy
from governance.models.record import StructureRecord
from governance.models.reporting_line import ReportingLine
from governance.models.seat import Membership, Seat
from governance.models.staff_settings import StaffSettings
from governance.models.tally import Tally
from governance.models.translated import Translated
from governance.models.user import User

__all__ = [
    "ActionPoint",
    "BankHoliday",
    "Body",
    "BodyKind",
    "BodyName",
    "Cadence",
    "ClockNotice",
    "DatedFact",
    "DigestLine",
    "Decision",
    "Document",
    "Escalation",
    "EscalationFile",
    "EscalationReader",
    "EscalationStep",
    "EscalationWords",
    "Evidence",
    "Measure",
    "Meeting",
    "MeetingPaper",
    "Membership",
    "Milestone",
    "Organisation",
    "OutboxMessage",
    "Partner",
    "Priority",
    "Project",
    "ProjectReport",
    "Reading",
    "ReportingLine",
    "Seat",
    "StaffSettings",
    "Strategy",
    "StructureRecord",
    "Tally",
    "TermsOfReference",
    "Translated",
    "User",
]
