"""Roles of the people who work with dossiers."""
from django.db.models import TextChoices


class Role(TextChoices):
    """What a person may do; the table of rights stands in docs/security.md."""

    HELPER = "helper", "Người hỗ trợ"
    CLERK = "clerk", "Công chức tiếp nhận"
    SPECIALIST = "specialist", "Công chức chuyên môn"
    ARCHIVIST = "archivist", "Văn thư"
    LEADER = "leader", "Lãnh đạo ký"
    HEAD = "head", "Thủ trưởng cơ quan"
    MANAGER = "manager", "Giám đốc Trung tâm"
    PROVINCE = "province", "Cán bộ tỉnh"
    ADMIN = "admin", "Quản trị"
    AUDITOR = "auditor", "Đánh giá viên"
