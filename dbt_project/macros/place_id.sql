{#- A distinct place: the member, else the comparable city and country; a blank city is no place. -#}
{% macro place_id(member_id, place_key, country_key) -%}
    coalesce({{ member_id }}, {{ place_key }} || '|' || coalesce({{ country_key }}, ''))
{%- endmacro %}
