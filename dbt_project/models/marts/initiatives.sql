with

initiatives as (

    select * from {{ ref('int_initiatives') }}

),

countries as (

    select * from {{ ref('countries') }}

),

final as (

    select
        initiatives.initiative_id,
        initiatives.member_id,
        initiatives.place_id,
        initiatives.title,
        initiatives.city_text as city,
        initiatives.country_code,
        countries.country,
        initiatives.language,
        initiatives.status,
        initiatives.themes,
        initiatives.is_of_year,
        initiatives.uploaded_on,
        initiatives.source_file,
        initiatives.source_line
    from initiatives
    left join countries on initiatives.country_code = countries.country_code

)

select * from final
