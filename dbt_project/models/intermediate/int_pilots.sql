with

pilots as (

    select * from {{ ref('stg_pilots') }}

),

resolution as (

    select * from {{ ref('int_place_resolution') }}

),

final as (

    select
        pilots.pilot,
        pilots.role,
        resolution.member_id,
        pilots.source_file,
        pilots.source_line
    from pilots
    left join resolution
        on
            pilots.member_key = resolution.place_key
            and resolution.country_key = ''

)

select * from final
