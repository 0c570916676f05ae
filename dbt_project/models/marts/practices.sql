with

practices as (

    select * from {{ ref('int_practices') }}

),

countries as (

    select * from {{ ref('countries') }}

),

final as (

    select
        practices.case_id,
        practices.member_id,
        practices.place_id,
        practices.title,
        practices.city_text as city,
        practices.country_code,
        countries.country,
        practices.status,
        practices.themes,
        practices.sdgs,
        practices.is_of_year,
        practices.published_on,
        practices.updated_on,
        practices.source_file,
        practices.source_line
    from practices
    left join countries on practices.country_code = countries.country_code

)

select * from final
